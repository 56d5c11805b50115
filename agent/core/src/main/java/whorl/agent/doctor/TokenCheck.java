package whorl.agent.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.evidence.Json;

/**
 * The token that the agent shows: whether it can be read, and what a service account's says. The
 * token itself is never printed.
 */
final class TokenCheck {
  private static final int MAX_BYTES = 8 << 10;
  private static final String AUDIENCE = "whorl";
  private static final String NAME = "token";

  private TokenCheck() {}

  /** Adds the findings; the token, null if there is none that can be used. */
  static @Nullable String run(
      AgentConfig.Collector collector, Subject subject, Instant now, List<Finding> findings) {
    Secret direct = collector.token();
    Path named = collector.tokenFile();
    if (direct != null) {
      String token = direct.reveal().strip();
      if (!isToken(token)) {
        findings.add(noToken("collector.token"));
        return null;
      }
      findings.add(Finding.ok(NAME, "in collector.token"));
      return token;
    }
    if (named == null) {
      boolean certificate = collector.clientCert() != null;
      findings.add(
          certificate
              ? Finding.ok(NAME, "none; the client certificate says who this is")
              : Finding.fail(
                  NAME,
                  "neither collector.token-file nor collector.token is set",
                  "set WHORL_COLLECTOR_TOKEN_FILE; the injection does it"));
      return null;
    }
    Path file = subject.file(named);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it is longer than " + MAX_BYTES + " bytes");
      }
      String token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      if (!isToken(token)) {
        findings.add(noToken(named.toString()));
        return null;
      }
      Duration age = Duration.between(Files.getLastModifiedTime(file).toInstant(), now);
      describe(token, named + ", written " + age.toMinutes() + " minutes ago", now, findings);
      return token.isEmpty() ? null : token;
    } catch (IOException e) {
      findings.add(
          Finding.fail(
              NAME,
              named + " cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage(),
              "mount it for the user of the application; a projected token needs fsGroup, or the"
                  + " same user, if it is not root"));
      return null;
    }
  }

  private static boolean isToken(String text) {
    return text.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  private static Finding noToken(String where) {
    return Finding.fail(
        NAME,
        where + " holds characters that no token has, such as a blank or a second line",
        "a line of a tokens file is a role and a token: give the token alone");
  }

  private static void describe(String token, String file, Instant now, List<Finding> findings) {
    if (token.isEmpty()) {
      findings.add(Finding.fail(NAME, file + ": it is empty", "write the token into it"));
      return;
    }
    JsonNode claims = claims(token);
    if (claims == null) {
      findings.add(Finding.ok(NAME, file + "; it is no JWT, so a token of a tokens file"));
      return;
    }
    List<String> audiences = new ArrayList<>();
    if (claims.path("aud").isTextual()) {
      audiences.add(claims.path("aud").asText());
    }
    claims.path("aud").forEach(each -> audiences.add(each.asText()));
    Instant expires = Instant.ofEpochSecond(claims.path("exp").asLong());
    String seen =
        file
            + "; of "
            + claims.path("sub").asText()
            + ", audience "
            + String.join(", ", audiences)
            + ", until "
            + expires;
    if (!audiences.contains(AUDIENCE)) {
      findings.add(
          Finding.fail(
              NAME,
              seen,
              "the collector accepts the audience whorl only: use a projected token with"
                  + " audience: whorl, not the pod's own"));
    } else if (expires.isBefore(now)) {
      findings.add(
          Finding.fail(
              NAME,
              seen + ": it has expired",
              "the kubelet renews it: mount the volume, not a copy or a subPath of it"));
    } else {
      findings.add(Finding.ok(NAME, seen));
    }
  }

  /** The second part of a JWT; null if it is none. */
  private static @Nullable JsonNode claims(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return null;
    }
    try {
      JsonNode claims = Json.LENIENT.readTree(Base64.getUrlDecoder().decode(parts[1]));
      return claims != null && claims.isObject() ? claims : null;
    } catch (IOException | IllegalArgumentException noJwt) {
      return null;
    }
  }
}
