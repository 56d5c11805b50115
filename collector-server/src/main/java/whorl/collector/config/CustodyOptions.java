package whorl.collector.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the custody log is signed, and where its checkpoints are put out.
 *
 * @param key the file of the key that signs checkpoints; null for the one in the data folder
 * @param webhook gets checkpoints by POST; null for none
 * @param tsa the time stamp authority (RFC 3161); null for none
 */
public record CustodyOptions(@Nullable Path key, @Nullable URI webhook, @Nullable URI tsa) {
  /** The key in the data folder, and nothing outside. */
  public static final CustodyOptions DEFAULT = new CustodyOptions(null, null, null);

  /** The options as they are given. */
  public record Given(@Nullable Path key, @Nullable String webhook, @Nullable String tsa) {
    /** None is given. */
    public static final Given NONE = new Given(null, null, null);

    CustodyOptions parse(List<String> problems) {
      return new CustodyOptions(
          key, url("--checkpoint-webhook", webhook, problems), url("--tsa", tsa, problems));
    }

    private static @Nullable URI url(String option, @Nullable String value, List<String> problems) {
      if (value == null) {
        return null;
      }
      try {
        URI url = new URI(value);
        boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
        if (http && url.getHost() != null && url.getUserInfo() == null) {
          return url;
        }
      } catch (URISyntaxException e) {
        // reported below, without the value: it may hold a secret
      }
      problems.add(option + ": a URL without a user, such as https://keeper.example.org/whorl");
      return null;
    }
  }
}
