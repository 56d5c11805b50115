package whorl.collector.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;

/**
 * What {@code process.json} says of the process.
 *
 * @param javaHome where its JDK is; null where that is not known
 * @param secrets names of environment variables and properties that sound like secrets
 */
record ProcessFile(@Nullable String javaHome, List<String> secrets) {
  static final ProcessFile UNKNOWN = new ProcessFile(null, List.of());

  private static final ArtifactName NAME = new ArtifactName("process.json");
  private static final long MAX_BYTES = 8 << 20;
  private static final int SECRETS_MAX = 200;
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "passw|passphrase|secret|token|api[-_.]?key|private[-_.]?key|access[-_.]?key|credential|_pwd|[-_.]key$|dsn$|connection[-_.]?string",
          Pattern.CASE_INSENSITIVE);

  /** Of this evidence; {@link #UNKNOWN} where it has none that can be read. */
  static ProcessFile read(EvidenceStore store, EvidenceRecord evidence) throws IOException {
    StoredArtifact artifact = evidence.artifact(NAME);
    if (artifact == null || artifact.size() > MAX_BYTES || !store.holds(artifact.sha256())) {
      return UNKNOWN;
    }
    Path file = store.content(artifact.sha256());
    JsonNode json;
    try {
      json = Json.LENIENT.readTree(Files.readAllBytes(file));
    } catch (com.fasterxml.jackson.core.JacksonException damaged) {
      return UNKNOWN;
    }
    List<String> secrets = new ArrayList<>();
    for (String part : List.of("environment", "properties")) {
      json.path(part)
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (secrets.size() < SECRETS_MAX
                    && name.length() < 200
                    && SECRET_NAME.matcher(name).find()) {
                  secrets.add(Phrases.cut(name));
                }
              });
    }
    String home = json.path("properties").path("java.home").asText("");
    return new ProcessFile(home.length() < 2 ? null : home, List.copyOf(secrets));
  }
}
