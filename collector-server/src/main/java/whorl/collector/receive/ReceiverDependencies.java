package whorl.collector.receive;

import java.time.InstantSource;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;

/**
 * The receiver's dependencies.
 *
 * @param owners to whom agents belong
 * @param budget what one identity may send
 * @param freeBytes returns the free space on the data folder's disk
 * @param nanoClock for durations, like {@link System#nanoTime}
 * @param recovering receives the number of pieces of evidence that still need recovery
 */
public record ReceiverDependencies(
    DataFolder folder,
    Disk disk,
    EvidenceStore store,
    Catalog catalog,
    CustodyLog custody,
    EnrolledKeys keys,
    AgentServices services,
    AgentOwners owners,
    UploadBudget budget,
    SealListener listener,
    LongSupplier freeBytes,
    InstantSource clock,
    LongSupplier nanoClock,
    IntConsumer recovering) {
  /** All agents belong to everybody who may upload. */
  public ReceiverDependencies(
      DataFolder folder,
      Disk disk,
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      EnrolledKeys keys,
      AgentServices services,
      SealListener listener,
      LongSupplier freeBytes,
      InstantSource clock,
      LongSupplier nanoClock,
      IntConsumer recovering) {
    this(
        folder,
        disk,
        store,
        catalog,
        custody,
        keys,
        services,
        AgentOwners.EVERYBODY,
        UploadBudget.UNLIMITED,
        listener,
        freeBytes,
        clock,
        nanoClock,
        recovering);
  }
}
