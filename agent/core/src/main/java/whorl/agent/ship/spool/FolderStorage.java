package whorl.agent.ship.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Keeps files in a writable folder of the container:
 *
 * <pre>
 * whorl-spool-&lt;agent&gt;/lock                      locked while that JVM lives
 * whorl-spool-&lt;agent&gt;/workload                  its service and namespace
 * whorl-spool-&lt;agent&gt;/&lt;evidence&gt;/index.ndjson   see {@link SpoolIndex}
 * whorl-spool-&lt;agent&gt;/&lt;evidence&gt;/000000         one file for each artifact
 * </pre>
 *
 * <p>If a JVM of the same workload no longer holds its lock, its folder and evidence are taken
 * over. An agent that encrypts does not take over plain evidence. Nothing is forced to the disk:
 * the files outlive the process, and if the machine fails, the pod's folders are lost as well.
 */
final class FolderStorage implements SpoolStorage {
  private static final Logger log = LoggerFactory.getLogger(FolderStorage.class);
  private static final String PREFIX = "whorl-spool-";
  private static final String LOCK = "lock";
  private static final int MAX_LEFT_JVMS = 32;
  private static final int MAX_LEFT_EVIDENCE = 256;

  private final Path own;
  private final SpoolOwner owner;
  private final LongSupplier freeBytes;
  private final List<FileChannel> locks = new ArrayList<>();
  private final List<Path> taken = new ArrayList<>();
  private final List<StoredEvidence> leftovers = new ArrayList<>();

  private FolderStorage(Path own, SpoolOwner owner, LongSupplier freeBytes) {
    this.own = own;
    this.owner = owner;
    this.freeBytes = freeBytes;
  }

  static FolderStorage open(Path folder, SpoolOwner owner, LongSupplier freeBytes)
      throws IOException {
    Path own = SpoolFolder.make(folder, PREFIX + owner.agent());
    FolderStorage storage = new FolderStorage(own, owner, freeBytes);
    if (!storage.lock(own)) {
      throw new IOException("spool " + own + " belongs to another running JVM");
    }
    SpoolFolder.sign(own, owner.workload());
    storage.takeOver(folder);
    return storage;
  }

  @Override
  public long roomBytes() {
    return freeBytes.getAsLong();
  }

  @Override
  public boolean onHeap() {
    return false;
  }

  @Override
  public String describe() {
    return "folder " + own;
  }

  @Override
  public Entry begin(Id evidence, Id capture) throws IOException {
    Path folder = Files.createDirectory(own.resolve(evidence.value()));
    return FolderEntry.begin(folder, evidence, capture, owner.agent());
  }

  @Override
  public List<StoredEvidence> leftovers() {
    return List.copyOf(leftovers);
  }

  @Override
  public void close() {
    taken.add(own);
    for (Path folder : taken) {
      deleteIfEmpty(folder);
    }
    for (FileChannel lock : locks) {
      try {
        lock.close();
      } catch (IOException e) {
        log.warn("the lock of a spool could not be given back: {}", e.toString());
      }
    }
    locks.clear();
  }

  private void takeOver(Path folder) {
    int jvms = 0;
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path sibling : siblings) {
        if (!sibling.equals(own)
            && jvms < MAX_LEFT_JVMS
            && isOurs(sibling)
            && lockSibling(sibling)) {
          jvms++;
          taken.add(sibling);
          takeEvidence(sibling);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("what earlier JVMs left in {} cannot be listed: {}", folder, e.toString());
    }
    leftovers.sort(Comparator.comparing(StoredEvidence::evidence));
  }

  private void takeEvidence(Path sibling) throws IOException {
    int found = 0;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(sibling)) {
      for (Path folder : folders) {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && found < MAX_LEFT_EVIDENCE) {
          found++;
          FolderEntry spoolEntry = FolderEntry.leftBehind(folder, owner.agent());
          StoredEvidence evidence = readOrNull(folder, spoolEntry);
          if (evidence == null) {
            spoolEntry.delete();
          } else if (owner.encrypts() && !isEncrypted(evidence)) {
            log.warn(
                "evidence {} of an earlier JVM stays in {}: it is not encrypted and this agent"
                    + " ships only what is; start one without evidence.recipient to ship it",
                evidence.evidence(),
                folder);
          } else {
            leftovers.add(evidence);
          }
        }
      }
    }
  }

  private static @Nullable StoredEvidence readOrNull(Path folder, FolderEntry spoolEntry) {
    try {
      return SpoolIndex.read(folder, spoolEntry);
    } catch (IOException | IllegalArgumentException e) {
      log.warn("evidence that an earlier JVM left in {} is unreadable: {}", folder, e.toString());
      return null;
    }
  }

  /** Evidence of other users of a shared folder, or for another collector, must not be shipped. */
  private boolean isOurs(Path sibling) throws IOException {
    return SpoolFolder.isOurs(sibling, own)
        && owner.workload().equals(SpoolFolder.workload(sibling));
  }

  private static boolean isEncrypted(StoredEvidence evidence) {
    for (StoredEvidence.Entry entry : evidence.entries()) {
      ArtifactName name = entry.artifact().name();
      if (!name.isEncrypted()
          && !name.equals(ArtifactName.MANIFEST)
          && !name.equals(ArtifactName.ENVELOPE)) {
        return false;
      }
    }
    return true;
  }

  /** Another JVM of this workload may take it over at the same time, and remove it. */
  private boolean lockSibling(Path sibling) {
    try {
      return lock(sibling);
    } catch (IOException failure) {
      log.debug("{} cannot be locked", sibling, failure);
      return false;
    }
  }

  private boolean lock(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    SpoolFolder.refuseIfNoFile(file);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException heldInThisJvm) {
      log.debug("{} is held in this JVM", folder);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      return false;
    }
    locks.add(channel);
    return true;
  }

  private static void deleteIfEmpty(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!file.endsWith(LOCK) && !SpoolFolder.isSignature(file)) {
          return;
        }
      }
      SpoolFolder.unsign(folder);
      Files.deleteIfExists(folder.resolve(LOCK));
      Files.deleteIfExists(folder);
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("spool {} cannot be removed: {}", folder, e.toString());
    }
  }
}
