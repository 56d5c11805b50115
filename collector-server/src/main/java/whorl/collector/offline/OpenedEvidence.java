package whorl.collector.offline;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.Retain;
import whorl.collector.config.ServeConfig;
import whorl.collector.config.StormLimit;
import whorl.collector.custody.verify.BagLayout;
import whorl.collector.custody.verify.OpenBag;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.http.request.ProblemException;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.bag.BagImport;
import whorl.collector.receive.bag.Importer;
import whorl.collector.receive.bag.StagedEvidence;
import whorl.collector.store.disk.FileDigest;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Evidence that a person opened, in a collector of its own on a private folder: it is taken in as
 * an import is, and then only read. The folder is deleted at the end. Used by one thread.
 */
public final class OpenedEvidence implements AutoCloseable {
  private static final int TOKEN_BYTES = 32;

  private final List<Source> sources;
  private final @Nullable AgeIdentity identity;
  private final InstantSource clock;
  private final PrivateFolder folder;
  private final String token;
  private final List<Opened> opened = new ArrayList<>();

  private OpenedEvidence(
      List<Source> sources,
      @Nullable AgeIdentity identity,
      InstantSource clock,
      PrivateFolder folder,
      String token) {
    this.sources = sources;
    this.identity = identity;
    this.clock = clock;
    this.folder = folder;
    this.token = token;
  }

  /**
   * One piece of evidence that was opened.
   *
   * @param path where it is from
   * @param verified null if there was nothing to verify it with
   * @param compared true if it was verified with keys or checkpoints from elsewhere
   * @param problems of the verification
   * @param notes likewise
   * @param decrypted the number of artifacts that were decrypted on this machine
   * @param encrypted true if its artifacts are encrypted, and cannot be read
   */
  public record Opened(
      Id id,
      String path,
      @Nullable Boolean verified,
      boolean compared,
      List<String> problems,
      List<String> notes,
      int decrypted,
      boolean encrypted) {}

  /**
   * Makes the folder.
   *
   * @param sources that the caller has verified, at least one
   * @param parent of the folder, such as the one for temporary files
   */
  public static OpenedEvidence of(
      List<Source> sources, @Nullable AgeIdentity identity, Path parent, InstantSource clock)
      throws IOException {
    PrivateFolder folder = PrivateFolder.open(parent);
    try {
      byte[] random = new byte[TOKEN_BYTES];
      new SecureRandom().nextBytes(random);
      String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      Path tokens = folder.path().resolve("tokens");
      Files.createFile(
          tokens,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(tokens, "viewer " + token + "\n");
      return new OpenedEvidence(List.copyOf(sources), identity, clock, folder, token);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** The settings of its collector: a free port of this machine only. */
  public ServeConfig config() {
    return new ServeConfig(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        folder.path().resolve("data"),
        folder.path().resolve("tokens"),
        null,
        1,
        ReceiveLimits.DEFAULT.artifactMaxBytes(),
        new StormLimit(1, Duration.ofMinutes(10)),
        Duration.ZERO,
        Retain.EVERYTHING);
  }

  /** The token by which the evidence can be read, until this is closed. */
  public String token() {
    return token;
  }

  /** What is opened, and how it was verified. */
  public List<Source> sources() {
    return sources;
  }

  /** What was opened; empty before {@link #load}. */
  public List<Opened> opened() {
    return List.copyOf(opened);
  }

  /**
   * Takes the evidence in.
   *
   * @throws IOException with the path and the reason
   */
  public void load(BagImport bags) throws IOException {
    List<Path> loose = new ArrayList<>();
    Set<Id> seen = new HashSet<>();
    for (Source source : sources) {
      if (Source.kindOf(source.path()) == Source.Kind.SINGLE_FILE) {
        loose.add(source.path());
      } else {
        try {
          load(bags, source, seen);
        } catch (IOException | ProblemException e) {
          throw new IOException(source.path() + ": " + e.getMessage(), e);
        }
      }
    }
    if (!loose.isEmpty()) {
      StagedEvidence staged = stage(LooseFiles.of(loose));
      keep(bags, staged, digest(loose.get(0)), new Source(loose.get(0), null));
    }
  }

  private void load(BagImport bags, Source source, Set<Id> seen) throws IOException {
    Path path = source.path();
    VerificationReport verification = source.verification();
    boolean altered = verification != null && !verification.verified();
    if (Source.kindOf(path) == Source.Kind.BAG) {
      try (OpenBag bag = OpenBag.open(path)) {
        requireRoom(bag.unpackedBytes());
        if (seen.add(bag.record().id())) {
          keep(bags, StagedEvidence.of(bag, work(), altered), digest(path), source);
        }
      }
      return;
    }
    StagedEvidence staged = stage(LooseFiles.of(path));
    if (seen.add(staged.from().id())) {
      keep(bags, staged, digest(path), source);
    }
  }

  private StagedEvidence stage(SortedMap<ArtifactName, Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files.values()) {
      bytes += Files.size(file); // a sparse file takes its whole length when it is copied
    }
    requireRoom(bytes);
    return LooseFiles.stage(files, work(), clock);
  }

  private void keep(BagImport bags, StagedEvidence staged, Digest from, Source source)
      throws IOException {
    AgeIdentity key = identity;
    int decrypted = 0;
    if (key != null) {
      requireRoom(Decryption.bytes(staged));
      decrypted = Decryption.run(staged, key);
    }
    VerificationReport verification = source.verification();
    BagImport.Result result =
        bags.keep(
            staged,
            from,
            new Importer("whorl open", null, null),
            verification == null ? nothingToVerifyWith(source) : verification);
    opened.add(
        new Opened(
            result.record().id(),
            String.valueOf(source.path()),
            verification == null ? null : verification.verified(),
            source.compared(),
            verification == null ? List.of() : verification.problems(),
            verification == null ? List.of() : verification.notes(),
            decrypted,
            decrypted == 0
                && result.record().artifacts().stream()
                    .anyMatch(artifact -> artifact.name().isEncrypted())));
  }

  /** For reports: what is opened here is in a custody log of its own, which proves nothing. */
  private VerificationReport nothingToVerifyWith(Source source) {
    return new VerificationReport(
        String.valueOf(source.path()),
        clock.instant(),
        false,
        1,
        0,
        0,
        List.of("single files have no manifest and no custody: nothing shows what they are of"),
        List.of());
  }

  private Path work() throws IOException {
    return Files.createDirectories(
        folder.path().resolve("work").resolve(Integer.toString(opened.size())));
  }

  private void requireRoom(long bytes) throws IOException {
    long room = folder.path().toFile().getUsableSpace();
    long reserve = ReceiveLimits.DEFAULT.freeReserveBytes();
    // copies, and a timeline that is smaller than what it is made of
    if (room - reserve < 2 * bytes) {
      throw new IOException(
          "the folder for temporary files has "
              + (room >> 20)
              + " MiB left, and this needs "
              + ((2 * bytes + reserve) >> 20)
              + "; name another with java -Djava.io.tmpdir=DIR");
    }
  }

  /** The digest of a zip or a file; of a folder, that of what lists its digests. */
  private static Digest digest(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return FileDigest.of(path);
    }
    for (String list : List.of(BagLayout.TAG_MANIFEST, "manifest.json")) {
      if (Files.isRegularFile(path.resolve(list))) {
        return FileDigest.of(path.resolve(list));
      }
    }
    return Digest.of(path.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    folder.close();
  }
}
