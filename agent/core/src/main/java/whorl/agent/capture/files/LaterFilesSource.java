package whorl.agent.capture.files;

import java.io.IOException;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;

/**
 * Captures files that later alerts name or that were written meanwhile, in {@code files-later.body}
 * and {@code files-later.ndjson}, in the formats of {@link FilesSource}. It walks no folders, and
 * creates neither artifact if no more files were named.
 */
final class LaterFilesSource implements ArtifactSource {
  private final FilesSource first;

  LaterFilesSource(FilesSource first) {
    this.first = first;
  }

  @Override
  public String kind() {
    return first.kind();
  }

  @Override
  public Moment moment(CaptureContext context) {
    return Moment.AFTER;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    first.collectLater(context, out);
  }
}
