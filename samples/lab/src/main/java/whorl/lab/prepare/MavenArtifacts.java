package whorl.lab.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.graph.Exclusion;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.util.filter.DependencyFilterUtils;

/** Resolves libraries and their dependencies as Maven does, into Maven's local repository. */
public final class MavenArtifacts {
  private final RepositorySystem system = new RepositorySystemSupplier().get();
  private final DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
  private final List<RemoteRepository> repositories;

  public MavenArtifacts() throws IOException {
    Properties settings = new Properties();
    try (InputStream in = MavenArtifacts.class.getResourceAsStream("/maven.properties")) {
      if (in == null) {
        throw new IOException("maven.properties is missing; build samples/lab with Maven");
      }
      settings.load(in);
    }
    session.setLocalRepositoryManager(
        system.newLocalRepositoryManager(
            session, new LocalRepository(settings.getProperty("local"))));
    session.setSystemProperties(System.getProperties());
    // Maven's own name for it, so that what Maven downloaded before is used.
    repositories =
        List.of(
            new RemoteRepository.Builder("central", "default", settings.getProperty("repository"))
                .build());
  }

  /** The jars of these libraries and of all that they need at run time. */
  public List<Path> classPath(List<String> coordinates, List<String> exclusions)
      throws RepositoryException {
    if (coordinates.isEmpty()) {
      return List.of();
    }
    CollectRequest collect = new CollectRequest();
    collect.setRepositories(repositories);
    for (String one : coordinates) {
      collect.addDependency(
          new Dependency(artifact(one), "runtime", false, exclusions(exclusions)));
    }
    DependencyRequest request =
        new DependencyRequest(collect, DependencyFilterUtils.classpathFilter("runtime"));
    return system.resolveDependencies(session, request).getArtifactResults().stream()
        .map(result -> result.getArtifact().getFile().toPath())
        .toList();
  }

  /** One artifact alone, such as an archive. */
  public Path file(String coordinates) throws RepositoryException {
    ArtifactRequest request = new ArtifactRequest(artifact(coordinates), repositories, null);
    return system.resolveArtifact(session, request).getArtifact().getFile().toPath();
  }

  private static List<Exclusion> exclusions(List<String> names) {
    List<Exclusion> exclusions = new ArrayList<>();
    for (String name : names) {
      String[] parts = name.split(":", 2);
      exclusions.add(new Exclusion(parts[0], parts.length > 1 ? parts[1] : "*", "*", "*"));
    }
    return exclusions;
  }

  /** {@code group:name[:type[:classifier]]:version}. */
  static Artifact artifact(String coordinates) {
    return new DefaultArtifact(coordinates);
  }
}
