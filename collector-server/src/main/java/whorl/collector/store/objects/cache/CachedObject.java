package whorl.collector.store.objects.cache;

import java.nio.file.Path;

/** One file of the cache; its fields belong to the lock of the cache, except the last two. */
final class CachedObject {
  final Path file;
  final long bytes;

  /** Larger than the cache; it goes as soon as nobody uses it. */
  final boolean passing;

  int uses;

  /** False until its digest was computed by this process; guarded by this object itself. */
  boolean checked;

  /** True if its digest was wrong; guarded by this object itself. */
  boolean dropped;

  CachedObject(Path file, long bytes, boolean passing, boolean checked) {
    this.file = file;
    this.bytes = bytes;
    this.passing = passing;
    this.checked = checked;
  }
}
