/**
 * Objects in a bucket of an S3-compatible object store. Such stores differ in what they honour, so
 * a probe tries it at the start.
 */
@NullMarked
package whorl.collector.store.objects.s3;

import org.jspecify.annotations.NullMarked;
