package whorl.collector.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the objects are: what never changes, such as artifacts and records of evidence. */
public sealed interface ObjectsPlace {
  /** The data folder, which one collector uses. */
  record Data() implements ObjectsPlace {}

  /**
   * An object store that several collectors share.
   *
   * @param folder null if it is a bucket
   * @param bucket null if it is a folder
   * @param cache the folder for copies, of this collector alone
   * @param cacheMaxBytes of all copies together
   */
  record Shared(@Nullable Path folder, @Nullable S3Location bucket, Path cache, long cacheMaxBytes)
      implements ObjectsPlace {}
}
