"""What is said over sockets: `protocol` between the halves (contract 6), `control` to act from the command line."""
