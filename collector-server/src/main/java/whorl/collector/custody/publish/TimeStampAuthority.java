package whorl.collector.custody.publish;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.proof.TimeStamp;
import whorl.evidence.Digest;

/** Has checkpoints stamped by an authority (RFC 3161 over HTTP), and keeps its answers. */
final class TimeStampAuthority implements CheckpointSink {
  private static final int NONCE_BITS = 64;

  private final Outside outside;
  private final PublishedLog published;
  private final SecureRandom random = new SecureRandom();

  TimeStampAuthority(URI url, PublishedLog published) {
    this.outside = new Outside(url);
    this.published = published;
  }

  @Override
  public void put(SignedCheckpoint checkpoint) throws IOException {
    TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    TimeStampRequest request =
        generator.generate(
            TSPAlgorithms.SHA256,
            Digest.of(checkpoint.bytes()).bytes(),
            new BigInteger(NONCE_BITS, random));
    byte[] answer = outside.post("application/timestamp-query", request.getEncoded());
    try {
      new TimeStampResponse(answer).validate(request);
    } catch (TSPException e) {
      throw new IOException("the authority's answer is not of our request: " + e.getMessage(), e);
    }
    String problem = TimeStamp.parse(answer).problem(checkpoint.bytes(), List.of());
    if (problem != null) {
      throw new IOException(problem);
    }
    published.stamp(new Stamped(checkpoint, answer));
  }
}
