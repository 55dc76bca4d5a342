"""Takes one message from the queue, acknowledges nothing, and ends as the kernel would end it.

`python -m tests.faults.rabbitmq_victim HOST:PORT QUEUE`
"""

import os
import signal
import sys

import amqp


def main(address: str, queue: str) -> None:
    """Wait for the message, then die."""
    connection = amqp.Connection(address, userid="potluck", password="potluck", connect_timeout=10)
    connection.connect()
    channel = connection.channel()
    channel.basic_qos(0, 1, a_global=False)
    channel.basic_consume(queue, callback=lambda _message: os.kill(os.getpid(), signal.SIGKILL))
    while True:
        connection.drain_events(timeout=60)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
