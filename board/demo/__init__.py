"""The demonstration at work: one past incident and one that is running, made by the same actions as users take.

The clock of the founding session is moved (database/clock.py), so that the past lies where a story needs it;
everything else is as in operation. Nothing is drawn at random.
"""
