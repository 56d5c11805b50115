package whorl.collector.migrate;

import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceStore;

/**
 * One end of a move.
 *
 * @param name for people; without passwords
 * @param database all records but those of cases
 * @param cases the same one where collectors share it
 */
record End(String name, Database database, Database cases, EvidenceStore store) {}
