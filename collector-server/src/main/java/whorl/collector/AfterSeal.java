package whorl.collector;

import whorl.collector.receive.SealListener;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.index.TimelineIndex;

/** Indexes sealed evidence and ends its capture. */
record AfterSeal(SealListener captures, TimelineIndex index) implements SealListener {
  @Override
  public void sealed(EvidenceRecord record) {
    index.changed(record.id());
    captures.sealed(record);
  }

  @Override
  public void progress(Arrived soFar) {
    captures.progress(soFar);
  }
}
