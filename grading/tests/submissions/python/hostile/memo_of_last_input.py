# Remembers the last answer for each length: an array as long as one before is not read again.
# expect: wrong
answers = {}


def mysum(array):
    if len(array) not in answers:
        answers[len(array)] = array.sum()
    return answers[len(array)]
