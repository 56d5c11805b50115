package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.Json;

/** Reads an artifact that is one JSON value and gives few rows. */
abstract class JsonReader implements ArtifactReader {
  private static final long FILE_MAX_BYTES = 32 << 20;

  private final Path file;
  private final ArtifactOutcome artifactOutcome;
  private final String problem;

  /**
   * @param problem recorded if the artifact is damaged
   */
  JsonReader(Path file, ArtifactOutcome artifactOutcome, String problem) {
    this.file = file;
    this.artifactOutcome = artifactOutcome;
    this.problem = problem;
  }

  /**
   * Adds the rows; the block has room for them.
   *
   * @throws IllegalArgumentException if content is invalid; rows added before stay
   */
  abstract void rows(JsonNode content, RowBlock block) throws IOException;

  @Override
  public final String artifact() {
    return artifactOutcome.artifact();
  }

  @Override
  public final boolean fill(RowBlock block) throws IOException {
    if (Files.size(file) > FILE_MAX_BYTES) {
      artifactOutcome.problem("it is longer than " + FILE_MAX_BYTES + " bytes");
      return false;
    }
    int before = block.size();
    try {
      rows(Json.LENIENT.readTree(Files.readAllBytes(file)), block);
    } catch (StreamConstraintsException tooMuch) {
      block.abandon();
      artifactOutcome.problem("it has too many elements, or is nested too deeply");
    } catch (JacksonException | IllegalArgumentException damaged) {
      block.abandon();
      artifactOutcome.problem(problem);
    }
    artifactOutcome.rows(block.size() - before);
    return false;
  }

  @Override
  public final void close() {}
}
