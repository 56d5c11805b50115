package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;

/**
 * Passes one source's artifacts to the draft, and can be revoked if the source exceeds its
 * deadline: later writes, on the abandoned thread, fail.
 */
public final class GuardedOutput implements ArtifactOutput {
  private static final long REVOKE_WAIT_SECONDS = 5;

  private final EvidenceSink.Draft draft;
  private final AcquisitionLog log;
  private final BackgroundYield backgroundYield = new BackgroundYield();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Guarded open;
  private boolean revoked;

  public GuardedOutput(EvidenceSink.Draft draft, AcquisitionLog log) {
    this.draft = draft;
    this.log = log;
  }

  @Override
  public OutputStream create(ArtifactName name, String mediaType) throws IOException {
    lock.lock();
    try {
      refuseIfBusyOrRevoked(name);
      return guarded(name, draft.create(name, mediaType));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public JsonGenerator create(ArtifactName name, String mediaType, JsonForm form)
      throws IOException {
    lock.lock();
    try {
      refuseIfBusyOrRevoked(name);
      return draft.create(name, mediaType, out -> form.on(guarded(name, out)));
    } finally {
      lock.unlock();
    }
  }

  private Guarded guarded(ArtifactName name, OutputStream out) {
    Guarded guarded = new Guarded(name, out);
    open = guarded;
    return guarded;
  }

  private void refuseIfBusyOrRevoked(ArtifactName name) throws IOException {
    refuseIfRevoked();
    if (open != null) {
      throw new IllegalStateException(
          "artifact " + open.name + " is still open; close it before " + name);
    }
  }

  @Override
  public void arrived(Artifact artifact) throws IOException {
    lock.lock();
    try {
      refuseIfRevoked();
      draft.arrived(artifact);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void heap(HeapFacts facts) {
    log.heap(facts);
  }

  @Override
  public void missing(String artifact, String reason) {
    log.missing(artifact, reason);
  }

  @Override
  public void log(String line) {
    log.add(line);
  }

  /**
   * Ends the artifact that is still open, keeps what was written, and refuses further writes.
   *
   * @return that artifact's name; null if none was open, or if nothing of it could be kept
   * @throws IOException if the draft itself hangs
   */
  public @Nullable ArtifactName revoke() throws IOException, InterruptedException {
    if (!lock.tryLock(REVOKE_WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException(
          "the spool did not take what a source wrote for " + REVOKE_WAIT_SECONDS + " s");
    }
    try {
      revoked = true;
      Guarded left = open;
      if (left == null) {
        return null;
      }
      try {
        left.end();
      } catch (IOException notKept) {
        log.missing(left.name.value(), Reason.of(notKept));
        return null;
      }
      return left.name;
    } finally {
      lock.unlock();
    }
  }

  private void refuseIfRevoked() throws IOException {
    if (revoked) {
      throw new InterruptedIOException("the source was given up at its deadline");
    }
  }

  private final class Guarded extends OutputStream {
    private final ArtifactName name;
    private final OutputStream out;
    private boolean failed;

    Guarded(ArtifactName name, OutputStream out) {
      this.name = name;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      lock.lock();
      try {
        refuseIfRevoked();
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failed = true;
        throw e;
      } finally {
        lock.unlock();
      }
      backgroundYield.giveWay();
    }

    @Override
    public void close() throws IOException {
      lock.lock();
      try {
        end();
      } finally {
        lock.unlock();
      }
    }

    private void end() throws IOException {
      if (open == this) {
        open = null;
        try {
          out.close();
        } catch (IOException e) {
          if (!failed) { // the write that failed has already thrown
            throw e;
          }
        }
      }
    }
  }
}
