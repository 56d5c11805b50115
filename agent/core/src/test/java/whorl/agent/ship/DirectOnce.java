package whorl.agent.ship;

import java.net.URI;
import java.util.Random;
import whorl.agent.ship.direct.DirectUpload;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * A separate JVM that uploads an artifact while it makes it. It prints nothing. Status: 0 done, 4
 * anything else.
 */
public final class DirectOnce {
  private DirectOnce() {}

  /** Arguments: the collector's URL, the evidence, how many MiB. */
  public static void main(String[] args) {
    int status = 4;
    DirectTarget target =
        new DirectTarget(
            Samples.collector(URI.create(args[0])),
            Samples.AGENT,
            Samples.id(),
            new Id(args[1]),
            new ArtifactName("heap.hprof.gz"),
            "application/gzip");
    try (DirectUpload upload =
        DirectUpload.open(target, DirectUpload.Limits.STANDARD, Thread::new)) {
      byte[] piece = new byte[64 << 10];
      new Random(1).nextBytes(piece);
      long bytes = Long.parseLong(args[2]) << 20;
      for (long at = 0; at < bytes; at += piece.length) {
        upload.stream().write(piece);
      }
      status = upload.finish().size() == bytes ? 0 : 4;
    } catch (Exception e) {
      status = 4;
    }
    Runtime.getRuntime().halt(status);
  }
}
