"""The fuzzer of scripts/fuzz: `mutate` spoils valid inputs, `targets` takes them, `run` keeps what failed, small."""
