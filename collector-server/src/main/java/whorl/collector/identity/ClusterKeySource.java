package whorl.collector.identity;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import whorl.collector.config.AgentIssuer;
import whorl.collector.identity.keys.BoundedHttp;
import whorl.collector.identity.keys.KeySource;
import whorl.evidence.Json;

/**
 * Reads an issuer's keys (JWKS, RFC 7517): from a file, from a URL, or from where its OpenID
 * Connect discovery document says. Without redirects, with bounded times and sizes.
 *
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect
 *     Discovery</a>
 */
final class ClusterKeySource implements KeySource {
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private final AgentIssuer issuer;

  ClusterKeySource(AgentIssuer issuer) {
    this.issuer = issuer;
  }

  @Override
  public boolean isLocal() {
    return issuer.keysFile() != null;
  }

  @Override
  public String read() throws IOException {
    Path file = issuer.keysFile();
    if (file != null) {
      try (InputStream in = Files.newInputStream(file)) {
        return BoundedHttp.text(in, file.toString());
      } catch (IOException e) {
        throw new IOException("cannot read the keys in " + file + ": " + e, e);
      }
    }
    // anew: the authority's file may have been renewed
    BoundedHttp http = BoundedHttp.trusting(issuer.ca());
    URI keys = issuer.keysUrl();
    return get(http, keys == null ? discovered(http) : keys);
  }

  private URI discovered(BoundedHttp http) throws IOException {
    String base = issuer.issuer().replaceAll("/+$", "");
    Map<?, ?> document = Json.MAPPER.readValue(get(http, URI.create(base + DISCOVERY)), Map.class);
    if (!issuer.issuer().equals(document.get("issuer"))) {
      throw new IOException(
          base + DISCOVERY + " is of another issuer; give it to --agent-issuer exactly as it is");
    }
    try {
      URI keys = URI.create(String.valueOf(document.get("jwks_uri")));
      if (keys.getHost() != null && AgentIssuer.isSafe(keys)) {
        return keys;
      }
    } catch (IllegalArgumentException e) {
      // reported below
    }
    throw new IOException(base + DISCOVERY + " has no jwks_uri of https; give jwks=FILE or URL");
  }

  private String get(BoundedHttp http, URI url) throws IOException {
    HttpRequest.Builder request = BoundedHttp.to(url);
    Path token = issuer.token();
    if (token != null) {
      request.header("Authorization", "Bearer " + Files.readString(token).strip());
    }
    BoundedHttp.Answer answer = http.send(request.build());
    if (answer.status() != 200) {
      throw new IOException(
          url
              + ": status "
              + answer.status()
              + (answer.status() == 401 || answer.status() == 403
                  ? "; give token-file=FILE with a token that may read it"
                  : ""));
    }
    return answer.body();
  }
}
