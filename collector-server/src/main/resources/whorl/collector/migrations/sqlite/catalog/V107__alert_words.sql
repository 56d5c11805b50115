-- Which alerts have which three letters in a row, so that rare words are found without reading all
-- alerts. It has no texts of its own, and triggers fill it, also for versions that do not know it.
CREATE VIRTUAL TABLE alert_words USING fts5(
  words, content = 'alert_triage', content_rowid = 'seq', tokenize = 'trigram', detail = none,
  columnsize = 0);
INSERT INTO alert_words (alert_words) VALUES ('rebuild');
CREATE TRIGGER alert_words_added AFTER INSERT ON alert_triage BEGIN
  INSERT INTO alert_words (rowid, words) VALUES (new.seq, new.words);
END;
CREATE TRIGGER alert_words_removed AFTER DELETE ON alert_triage BEGIN
  INSERT INTO alert_words (alert_words, rowid, words) VALUES ('delete', old.seq, old.words);
END;
CREATE TRIGGER alert_words_changed AFTER UPDATE OF words ON alert_triage BEGIN
  INSERT INTO alert_words (alert_words, rowid, words) VALUES ('delete', old.seq, old.words);
  INSERT INTO alert_words (rowid, words) VALUES (new.seq, new.words);
END;
