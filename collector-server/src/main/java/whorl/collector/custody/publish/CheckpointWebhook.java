package whorl.collector.custody.publish;

import java.io.IOException;
import java.net.URI;
import whorl.collector.custody.proof.SignedCheckpoint;

/** Posts checkpoints to a URL, as the signed notes that they are. */
final class CheckpointWebhook implements CheckpointSink {
  private final Outside outside;

  CheckpointWebhook(URI url) {
    this.outside = new Outside(url);
  }

  @Override
  public void put(SignedCheckpoint checkpoint) throws IOException {
    byte[] unused = outside.post("text/plain; charset=utf-8", checkpoint.bytes());
  }
}
