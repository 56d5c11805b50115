package whorl.collector;

import java.io.IOException;
import java.io.UncheckedIOException;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.receive.SealListener;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Manifest;

/** Indexes sealed evidence, ends its capture, and compares its manifest with the agent's chain. */
record AfterSeal(SealListener captures, TimelineIndex index, Chains chains)
    implements SealListener {
  @Override
  public void sealed(EvidenceRecord record) {
    index.changed(record.id());
    captures.sealed(record);
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
