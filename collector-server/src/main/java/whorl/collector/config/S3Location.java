package whorl.collector.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in an S3-compatible object store, written as {@code
 * s3://bucket/prefix?endpoint=https://host&region=eu-west-1}. It holds no credentials: they come
 * from the standard environment, files and services of the AWS SDK.
 *
 * @param prefix the beginning of all keys, empty or with a slash at its end
 * @param endpoint null for that of the environment, or of AWS itself
 * @param region null for that of the environment
 * @param pathStyle true if the bucket is part of the path instead of the host name
 * @param encryption {@code AES256} or {@code aws:kms}; null for the bucket's default
 * @param kmsKey the key of {@code aws:kms}; null for the account's default
 * @param retainLock how evidence is locked until the end of its retention; null if it is not
 */
public record S3Location(
    String bucket,
    String prefix,
    @Nullable URI endpoint,
    @Nullable String region,
    boolean pathStyle,
    @Nullable String encryption,
    @Nullable String kmsKey,
    @Nullable RetainLock retainLock) {
  /** The modes of Object Lock's retention. */
  public enum RetainLock {
    /** Users with the right to bypass it can delete earlier. */
    GOVERNANCE,
    /** Nobody can delete earlier. */
    COMPLIANCE;

    private static @Nullable RetainLock parse(@Nullable String word) {
      if (word == null) {
        return null;
      }
      return switch (word) {
        case "governance" -> GOVERNANCE;
        case "compliance" -> COMPLIANCE;
        default -> throw new IllegalArgumentException("retain-lock is governance or compliance");
      };
    }
  }

  public static final String SCHEME = "s3://";

  private static final Set<String> PARAMETERS =
      Set.of("endpoint", "region", "path-style", "sse", "kms-key", "retain-lock");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern PREFIX =
      Pattern.compile("([A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?)?");
  private static final int PREFIX_MAX_CHARS = 200;

  /** True if the text means an object store and not a folder. */
  public static boolean isS3(String text) {
    return text.startsWith(SCHEME);
  }

  /**
   * Parses a location.
   *
   * @throws IllegalArgumentException with what is wrong and what is allowed
   */
  public static S3Location parse(String text) {
    return parse(text, System.getenv());
  }

  static S3Location parse(String text, Map<String, String> environment) {
    int question = text.indexOf('?');
    String place = text.substring(SCHEME.length(), question < 0 ? text.length() : question);
    int slash = place.indexOf('/');
    String bucket = slash < 0 ? place : place.substring(0, slash);
    if (bucket.contains("@")) {
      throw new IllegalArgumentException(
          "credentials do not belong into it; give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
              + " any other way of the AWS SDK");
    }
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException(
          "a bucket has 3 to 63 of a-z, 0-9, '.' and '-', such as s3://evidence/whorl");
    }
    String prefix = slash < 0 ? "" : place.substring(slash + 1);
    if (prefix.length() > PREFIX_MAX_CHARS || !PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "a prefix has up to " + PREFIX_MAX_CHARS + " of A-Z a-z 0-9 . _ - and '/'");
    }
    Map<String, String> parameters = parameters(question < 0 ? "" : text.substring(question + 1));
    URI endpoint = endpoint(parameters.get("endpoint"), environment);
    String sse = parameters.get("sse");
    String kmsKey = parameters.get("kms-key");
    if (sse == null && kmsKey != null) {
      sse = "aws:kms";
    }
    if (sse != null && !sse.equals("AES256") && !sse.equals("aws:kms")) {
      throw new IllegalArgumentException("sse is AES256 or aws:kms");
    }
    if (kmsKey != null && !"aws:kms".equals(sse)) {
      throw new IllegalArgumentException("kms-key needs sse=aws:kms");
    }
    return new S3Location(
        bucket,
        prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/",
        endpoint,
        region(parameters.get("region"), endpoint, environment),
        isPathStyle(parameters.get("path-style"), endpoint),
        sse,
        kmsKey,
        RetainLock.parse(parameters.get("retain-lock")));
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String each : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      String[] pair = each.split("=", 2);
      if (pair.length < 2 || !PARAMETERS.contains(pair[0])) {
        throw new IllegalArgumentException(
            "no parameter '"
                + pair[0]
                + "'; there are endpoint, region, path-style, sse, kms-key and retain-lock");
      }
      parameters.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }

  private static @Nullable URI endpoint(@Nullable String given, Map<String, String> environment) {
    String text = given == null ? environment.get("AWS_ENDPOINT_URL_S3") : given;
    text = text == null ? environment.get("AWS_ENDPOINT_URL") : text;
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      URI endpoint = new URI(text);
      boolean isHttp = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
      if (isHttp && endpoint.getHost() != null && endpoint.getUserInfo() == null) {
        return endpoint;
      }
    } catch (URISyntaxException invalid) {
      // the sentence below says what is valid
    }
    throw new IllegalArgumentException("the endpoint is a URL such as https://s3.example.com");
  }

  /** A store that is not of AWS has any region, but the SDK wants one. */
  private static @Nullable String region(
      @Nullable String given, @Nullable URI endpoint, Map<String, String> environment) {
    if (given != null) {
      return given;
    }
    for (String name : new String[] {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
      String region = environment.get(name);
      if (region != null && !region.isEmpty()) {
        return region;
      }
    }
    return endpoint == null ? null : "us-east-1";
  }

  private static boolean isPathStyle(@Nullable String given, @Nullable URI endpoint) {
    if (given == null) {
      return endpoint != null && !endpoint.getHost().endsWith(".amazonaws.com");
    }
    return switch (given) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("path-style is true or false");
    };
  }

  /** The location without parameters, for other programs, such as {@code s3://bucket/prefix}. */
  public String location() {
    return SCHEME + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  /** The bucket and the prefix, as messages name it. */
  public String name() {
    return SCHEME + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
