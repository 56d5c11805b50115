package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.ContentBody;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.OpenContents;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** Finds the evidence and artifacts of a request. The error for a missing one names it. */
final class EvidenceLookup {
  private final EvidenceStore store;

  EvidenceLookup(EvidenceStore store) {
    this.store = store;
  }

  /**
   * Returns the evidence of the path's {@code id}.
   *
   * @throws ProblemException 404
   */
  EvidenceRecord record(Request request) throws IOException {
    EvidenceRecord record = null;
    try {
      record = store.record(new Id(request.pathParameter("id")));
    } catch (IllegalArgumentException invalidId) {
      // not a valid id, so no evidence has it
    }
    if (record == null) {
      throw new ProblemException(404, "no such evidence", "list it with GET /api/v1/evidence");
    }
    return record;
  }

  /**
   * Returns an artifact.
   *
   * @throws ProblemException 404; it names the encrypted artifact if there is one
   */
  StoredArtifact artifact(EvidenceRecord record, String name) {
    StoredArtifact artifact = find(record, name);
    if (artifact != null) {
      return artifact;
    }
    String evidence = "evidence " + record.id();
    if (find(record, name + ".age") != null) {
      throw new ProblemException(
          404,
          "encrypted",
          evidence + " has " + name + " encrypted; get " + name + ".age, then age -d -i KEYFILE");
    }
    throw new ProblemException(
        404, "no such artifact", evidence + " has no " + Text.shortened(name));
  }

  /** Returns an artifact, or null. */
  static @Nullable StoredArtifact find(EvidenceRecord record, String name) {
    try {
      return record.artifact(new ArtifactName(name));
    } catch (IllegalArgumentException invalidName) {
      return null;
    }
  }

  /**
   * Returns the artifact as a file, to be closed after use.
   *
   * @throws ProblemException 500, as all that read, if the store has lost the artifact, or it is
   *     damaged there
   */
  EvidenceStore.Content content(EvidenceRecord record, StoredArtifact artifact) throws IOException {
    return ContentBody.orProblem(record, artifact, () -> store.content(artifact.sha256()));
  }

  /** Returns a place for files that are in use. */
  OpenContents contents() {
    return new OpenContents(store);
  }

  /** Returns the artifact as a file of {@code contents}. */
  Path file(EvidenceRecord record, StoredArtifact artifact, OpenContents contents)
      throws IOException {
    return ContentBody.orProblem(record, artifact, () -> contents.file(artifact));
  }

  /** Opens the artifact. */
  InputStream read(EvidenceRecord record, StoredArtifact artifact) throws IOException {
    return ContentBody.open(store, record, artifact);
  }

  /** Returns the whole artifact as the body of a response. */
  Response.Body body(EvidenceRecord record, StoredArtifact artifact) throws IOException {
    return ContentBody.of(store, record, artifact, 0, artifact.size());
  }

  /**
   * Returns the query's {@code limit}.
   *
   * @throws ProblemException 400
   */
  static int limit(Request request, int defaultLimit, int max) {
    String limit = request.query("limit");
    if (limit == null) {
      return defaultLimit;
    }
    if (!limit.matches("[0-9]{1,4}")
        || Integer.parseInt(limit) < 1
        || Integer.parseInt(limit) > max) {
      throw new ProblemException(400, "bad limit", "limit must be from 1 to " + max);
    }
    return Integer.parseInt(limit);
  }

  /**
   * Returns the query's {@code q}; null when it is absent or empty.
   *
   * @throws ProblemException 400
   */
  static @Nullable String words(Request request) {
    String words = request.query("q");
    if (words != null && words.length() > 200) {
      throw new ProblemException(400, "bad parameter", "q has more than 200 characters");
    }
    return words == null || words.isEmpty() ? null : words;
  }

  static ProblemException badCursor() {
    return new ProblemException(
        400, "bad cursor", "the cursor is not from this list; start again without one");
  }
}
