package whorl.collector.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options {@code --objects}, {@code --cache} and {@code --cache-size}.
 *
 * @param place null for the data folder
 * @param cache null for a folder of the data folder
 */
public record ObjectsOptions(@Nullable String place, @Nullable Path cache, String cacheSize) {
  public static final String CACHE_SIZE = "10GiB";

  /** Objects in the data folder. */
  public static final ObjectsOptions NONE = new ObjectsOptions(null, null, CACHE_SIZE);

  /**
   * Reads the options.
   *
   * @param dataFolder has the cache if no folder is given for it
   */
  ObjectsPlace read(Path dataFolder, List<String> problems) {
    if (place == null) {
      if (cache != null) {
        problems.add("--cache: there is nothing to cache without --objects");
      }
      return new ObjectsPlace.Data();
    }
    S3Location bucket = null;
    if (S3Location.isS3(place)) {
      try {
        bucket = S3Location.parse(place);
      } catch (IllegalArgumentException e) {
        problems.add("--objects: " + e.getMessage());
      }
    } else if (place.contains(":/")) {
      problems.add("--objects: a folder, or s3://bucket/prefix; this is neither");
    }
    return new ObjectsPlace.Shared(
        S3Location.isS3(place) ? null : Path.of(place),
        bucket,
        cache == null ? dataFolder.resolve("cache") : cache,
        cacheBytes(problems));
  }

  private long cacheBytes(List<String> problems) {
    try {
      return ByteSize.parse(cacheSize);
    } catch (IllegalArgumentException e) {
      problems.add("--cache-size " + cacheSize + ": " + e.getMessage());
      return 0;
    }
  }
}
