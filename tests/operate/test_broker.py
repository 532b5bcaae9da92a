"""The private broker of the demo and the tests."""

from __future__ import annotations

import pytest

from moodkiosk.failure import Failure
from moodkiosk.operate.broker import answers, private_broker


def test_a_broker_that_ends_at_once_is_one_line_and_not_waited_for() -> None:
    with pytest.raises(Failure, match="the MQTT broker did not start: /bin/false -c"), private_broker("/bin/false"):
        pass


def test_the_one_of_python_listens_while_the_block_runs_and_not_after_it() -> None:
    with private_broker("") as broker:
        assert answers(broker.port)
    assert not answers(broker.port)
