package whorl.agent.capture.files;

import java.io.IOException;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;

/**
 * What alerts that joined the capture name, and what was written meanwhile: {@code
 * files-later.body} and {@code files-later.ndjson}, as {@link FilesSource} has them. It walks
 * nowhere; neither is there when nothing more was named.
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
