package whorl.collector.store.objects;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The record of evidence is lost or was changed; the store itself can be read. */
public final class DamagedRecordException extends IOException {
  private static final long serialVersionUID = 1L;

  public DamagedRecordException(String message, @Nullable IOException cause) {
    super(message, cause);
  }
}
