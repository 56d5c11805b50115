package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Evidence whose record or content is not complete in the object store, as the last pass of
 * recovery found it. Thread-safe.
 */
public final class MissingEvidence {
  private final Database database;

  public MissingEvidence(Database database) {
    this.database = database;
  }

  /** What is missing. */
  public enum What {
    RECORD("record"),
    CONTENT("content");

    private final String word;

    What(String word) {
      this.word = word;
    }
  }

  /**
   * The number of pieces of evidence, and the first of each kind.
   *
   * @param content the digest of content that {@code ofContent} lacks
   */
  public record Summary(
      long records,
      @Nullable Id ofRecord,
      long contents,
      @Nullable Id ofContent,
      @Nullable String content) {
    public static final Summary NONE = new Summary(0, null, 0, null, null);
  }

  /** Notes evidence; true if the pass before did not miss it. */
  public boolean add(Id evidence, What what, @Nullable Digest example, long pass)
      throws IOException {
    return database.inTransaction(
        () -> {
          boolean isNew =
              database
                  .query(
                      "SELECT 1 FROM missing_evidence WHERE evidence = ?" + database.forUpdate(),
                      row -> true,
                      evidence.value())
                  .isEmpty();
          // a missing record says more than missing content
          database.update(
              "INSERT INTO missing_evidence (evidence, what, example, pass, since) VALUES (?, ?, ?,"
                  + " ?, "
                  + database.nowMillis()
                  + ") ON CONFLICT (evidence) DO UPDATE SET what = CASE WHEN"
                  + " missing_evidence.pass = excluded.pass AND missing_evidence.what = 'record'"
                  + " THEN 'record' ELSE excluded.what END, example = excluded.example,"
                  + " pass = excluded.pass",
              evidence.value(),
              what.word,
              example == null ? "" : example.hex(),
              pass);
          return isNew;
        });
  }

  /** Forgets what this pass did not miss any more; returns the number. */
  public int forgetBefore(long pass) throws IOException {
    return database.update("DELETE FROM missing_evidence WHERE pass < ?", pass);
  }

  /** Purged evidence is not missing. */
  private void forgetPurged() throws IOException {
    database.update(
        "DELETE FROM missing_evidence WHERE EXISTS (SELECT 1 FROM custody_evidence c"
            + " WHERE c.evidence = missing_evidence.evidence AND c.purged = 1)");
  }

  public Summary summary() throws IOException {
    forgetPurged();
    List<Object[]> kinds =
        database.query(
            "SELECT what, count(*), min(evidence) FROM missing_evidence GROUP BY what",
            row -> new Object[] {row.getString(1), row.getLong(2), row.getString(3)});
    Summary summary = Summary.NONE;
    for (Object[] kind : kinds) {
      Id first = new Id((String) kind[2]);
      summary =
          What.RECORD.word.equals(kind[0])
              ? new Summary(
                  (Long) kind[1], first, summary.contents, summary.ofContent, summary.content)
              : new Summary(
                  summary.records, summary.ofRecord, (Long) kind[1], first, exampleOf(first));
    }
    return summary;
  }

  private @Nullable String exampleOf(Id evidence) throws IOException {
    List<String> examples =
        database.query(
            "SELECT example FROM missing_evidence WHERE evidence = ?",
            row -> row.getString(1),
            evidence.value());
    return examples.isEmpty() ? null : examples.get(0);
  }
}
