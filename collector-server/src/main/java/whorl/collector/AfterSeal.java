package whorl.collector;

import whorl.collector.receive.SealListener;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.timeline.TimelineIndex;

/** What is sealed is indexed soon, and ends its capture. */
record AfterSeal(SealListener captures, TimelineIndex index) implements SealListener {
  @Override
  public void sealed(EvidenceRecord record) {
    index.wanted(record.id());
    captures.sealed(record);
  }

  @Override
  public void progress(Arrived soFar) {
    captures.progress(soFar);
  }
}
