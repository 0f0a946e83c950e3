"""What does the next shift have to hear of a patient, sentence by sentence, and from which rows is each sentence?

SBAR: situation, background, assessment, recommendation. `case` reads the record once for many patients; the modules of
the four parts make sentences of it and read nothing; `sbar` puts them together and numbers the rows.
"""
