package whorl.collector.wiring;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.captures.SealedCapture;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.notify.Notifier;
import whorl.collector.receive.SealListener;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Manifest;
import whorl.evidence.channel.CaptureState;

/** Ends a capture when its evidence is sealed. */
final class SealedCaptures implements SealListener {
  private final Captures captures;

  SealedCaptures(Captures captures) {
    this.captures = captures;
  }

  @Override
  public void sealed(EvidenceRecord record) {
    try {
      captures.sealed(
          new SealedCapture(
              record.capture(),
              record.agent(),
              record.service(),
              record.id(),
              record.state(),
              record.reason(),
              record.alert(),
              record.sealedAt(),
              failure(record)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void progress(Arrived soFar) {
    captures.received(soFar.capture(), soFar.agent(), soFar.bytes(), soFar.streamedBytes());
  }

  private static @Nullable String failure(EvidenceRecord record) {
    if (record.state() == CaptureState.SEALED) {
      return null;
    }
    return record.problems().isEmpty()
        ? "the evidence is " + record.state().word()
        : String.join("; ", record.problems());
  }

  /**
   * Indexes sealed evidence, ends its capture, notifies, and compares its manifest with the agent's
   * chain.
   */
  record AfterSeal(SealListener captures, TimelineIndex index, Chains chains, Notifier notifier)
      implements SealListener {
    @Override
    public void sealed(EvidenceRecord record) {
      index.changed(record.id());
      captures.sealed(record);
      try {
        notifier.sealed(record);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void imported(EvidenceRecord record) {
      index.changed(record.id());
    }

    @Override
    public void manifestSealed(Manifest manifest) {
      try {
        chains.sealed(manifest.agent(), manifest.evidence(), manifest.chain());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void progress(Arrived soFar) {
      captures.progress(soFar);
    }
  }
}
