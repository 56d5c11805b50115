package whorl.collector.store.objects.s3;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.outage.Outage;

/** The object store gave no answer. */
final class S3Away extends IOException implements Outage {
  static final String WHAT = "the object store";

  private static final long serialVersionUID = 1;

  S3Away(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public String unusable() {
    return WHAT;
  }
}
