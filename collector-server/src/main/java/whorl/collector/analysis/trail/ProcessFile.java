package whorl.collector.analysis.trail;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.store.objects.EvidenceStore;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;

/**
 * The contents of {@code process.json} that analyses use.
 *
 * @param javaHome the folder of the JDK; null if unknown
 * @param agentJar Whorl's own jar, if it was loaded into the running JVM; else null
 * @param secrets names of environment variables and properties that look like secrets
 */
public record ProcessFile(
    @Nullable String javaHome, @Nullable String agentJar, List<String> secrets) {
  static final ProcessFile UNKNOWN = new ProcessFile(null, null, List.of());

  private static final ArtifactName NAME = new ArtifactName("process.json");
  private static final long MAX_BYTES = 8 << 20;
  private static final int SECRETS_MAX = 200;
  private static final int NAME_MAX_CHARS = 200;
  private static final String CHECKS = "checks";
  private static final Set<String> PARTS = Set.of("environment", "properties", CHECKS);
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "passw|passphrase|secret|token|api[-_.]?key|private[-_.]?key|access[-_.]?key|credential|_pwd|[-_.]key$|dsn$|connection[-_.]?string",
          Pattern.CASE_INSENSITIVE);

  /** Reads the file of this evidence. Returns {@link #UNKNOWN} if it is missing or unreadable. */
  static ProcessFile read(ReadArtifacts artifacts) throws IOException {
    try (EvidenceStore.Content content = artifacts.open(NAME, MAX_BYTES)) {
      return content == null ? UNKNOWN : read(content.file());
    }
  }

  private static ProcessFile read(Path file) throws IOException {
    try (InputStream content = Files.newInputStream(file);
        JsonParser json = Json.LENIENT.getFactory().createParser(content)) {
      return read(json);
    } catch (JacksonException damaged) {
      return UNKNOWN;
    }
  }

  /** Reads token by token: a tree could take twenty times the file's size. */
  static ProcessFile read(JsonParser json) throws IOException {
    List<String> secrets = new ArrayList<>();
    String home = null;
    String agentJar = null;
    if (json.nextToken() != JsonToken.START_OBJECT) {
      return UNKNOWN;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String part = json.currentName();
      if (json.nextToken() != JsonToken.START_OBJECT || !PARTS.contains(part)) {
        json.skipChildren();
        continue;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        if (json.nextToken() == JsonToken.VALUE_STRING && name.equals("java.home")) {
          home = json.getText();
        } else if (json.currentToken() == JsonToken.VALUE_STRING
            && part.equals(CHECKS)
            && name.equals("agentJar")) {
          agentJar = json.getText();
        }
        json.skipChildren();
        if (!part.equals(CHECKS)
            && secrets.size() < SECRETS_MAX
            && name.length() < NAME_MAX_CHARS
            && SECRET_NAME.matcher(name).find()) {
          secrets.add(Phrases.cut(name));
        }
      }
    }
    return new ProcessFile(
        home == null || home.length() < 2 ? null : home, agentJar, List.copyOf(secrets));
  }
}
