package whorl.collector.store.objects.s3;

import java.util.List;
import whorl.collector.store.objects.ObjectStore;

/**
 * What a bucket was found to honour.
 *
 * @param versioned it keeps earlier versions, so deleting means deleting each of them
 */
record S3Findings(boolean conditionalPut, boolean lock, boolean versioned, List<String> lacking) {
  ObjectStore.Capabilities capabilities() {
    return new ObjectStore.Capabilities(conditionalPut, lock, List.copyOf(lacking));
  }
}
