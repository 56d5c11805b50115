package whorl.agent.capture;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Writes evidence into a folder and hashes it while it streams. */
public final class FolderSink implements EvidenceSink {
  private final Path folder;
  public final List<Path> committed = new CopyOnWriteArrayList<>();
  public final List<Id> mayShip = new CopyOnWriteArrayList<>();
  public final List<Id> abandoned = new CopyOnWriteArrayList<>();
  public volatile String refuses = "";

  public FolderSink(Path folder) {
    this.folder = folder;
  }

  @Override
  public Draft begin(Id evidence, Id capture) throws IOException {
    Path own = Files.createDirectories(folder.resolve(evidence.value()));
    return new FolderDraft(own, evidence);
  }

  private final class FolderDraft implements Draft {
    private final Path own;
    private final Id evidence;
    private final List<Artifact> artifacts = new ArrayList<>();

    FolderDraft(Path own, Id evidence) {
      this.own = own;
      this.evidence = evidence;
    }

    @Override
    public OutputStream create(ArtifactName name, String mediaType) throws IOException {
      if (name.value().equals(refuses)) {
        throw new IOException("no room for " + name + "; make the spool larger");
      }
      Path file = own.resolve(name.value());
      Files.createDirectories(file.getParent());
      MessageDigest sha256 = Digest.newSha256();
      long[] size = {0};
      return new FilterOutputStream(Files.newOutputStream(file)) {
        private boolean closed;

        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          sha256.update(bytes, offset, length);
          size[0] += length;
          out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
          super.close();
          if (!closed) {
            closed = true;
            artifacts.add(new Artifact(name, size[0], Digest.of(sha256), mediaType));
          }
        }
      };
    }

    @Override
    public void shipEarly() {
      mayShip.add(evidence);
    }

    @Override
    public void arrived(Artifact artifact) {
      artifacts.add(artifact);
    }

    @Override
    public List<Artifact> artifacts() {
      return List.copyOf(artifacts);
    }

    @Override
    public long bytes() {
      return artifacts.stream().mapToLong(Artifact::size).sum();
    }

    @Override
    public void commit() {
      committed.add(own);
    }

    @Override
    public void abandon() {
      abandoned.add(evidence);
    }
  }
}
