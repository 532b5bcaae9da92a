"""What is said to people, as values until it is shown: a key and fields, which a language's file has the sentence for.

`reason` is the value: an English sentence that knows its key and fields. `phrase` fills a sentence in, with the plural
forms of its language; `language` is one language's file (`en.json`, `de.json`, …), `reader` says which one a
terminal wants. `mood_words` knows every word for a mood. `tidy` makes what other programs say fit to be shown;
`system` says what the operating system's errors mean.
"""
