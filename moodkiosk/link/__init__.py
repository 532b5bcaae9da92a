"""What is said over sockets: `messages` between the halves, as lines of `protocol` (contract 6).

`control` asks act from the command line, `commands` is the one table of what may be asked for, `result` how an answer
is written down, `printed` how events and decisions are; `absent` is what is said while sense is not there, `timer` how
act hears of one that stands still.
"""
