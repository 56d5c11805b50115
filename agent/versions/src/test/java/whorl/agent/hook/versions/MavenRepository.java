package whorl.agent.hook.versions;

import java.nio.file.Path;
import java.util.List;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.resolution.VersionRangeRequest;
import org.eclipse.aether.resolution.VersionRangeResolutionException;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.util.filter.DependencyFilterUtils;

/** The repository of this build, asked as Maven asks it, with Maven's local copies. */
final class MavenRepository {
  private final RepositorySystem system = new RepositorySystemSupplier().get();
  private final DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
  private final List<RemoteRepository> repositories;

  MavenRepository() {
    session.setLocalRepositoryManager(
        system.newLocalRepositoryManager(
            session, new LocalRepository(property("maven.repo.local"))));
    session.setSystemProperties(System.getProperties());
    // Under the name that Maven knows it by, so that what it downloaded before is used.
    repositories =
        List.of(
            new RemoteRepository.Builder(
                    "central", "default", property("whorl.versions.repository"))
                .build());
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("the build sets the system property " + name);
    }
    return value;
  }

  /** All versions that the repository lists, the oldest first. */
  List<String> versions(Library library) throws VersionRangeResolutionException {
    VersionRangeRequest request =
        new VersionRangeRequest(
            new DefaultArtifact(library.groupId(), library.artifactId(), "jar", "[0,)"),
            repositories,
            null);
    return system.resolveVersionRange(session, request).getVersions().stream()
        .map(Object::toString)
        .toList();
  }

  Path jar(Coordinates coordinates) throws ArtifactResolutionException {
    ArtifactRequest request =
        new ArtifactRequest(
            new DefaultArtifact(
                coordinates.groupId(), coordinates.artifactId(), "jar", coordinates.version()),
            repositories,
            null);
    return system.resolveArtifact(session, request).getArtifact().getFile().toPath();
  }

  /** The jar with all that it needs at run time. */
  List<Path> withDependencies(Coordinates coordinates) throws DependencyResolutionException {
    CollectRequest collect =
        new CollectRequest(
            new Dependency(
                new DefaultArtifact(
                    coordinates.groupId(), coordinates.artifactId(), "jar", coordinates.version()),
                "runtime"),
            repositories);
    return system
        .resolveDependencies(
            session,
            new DependencyRequest(collect, DependencyFilterUtils.classpathFilter("runtime")))
        .getArtifactResults()
        .stream()
        .map(one -> one.getArtifact().getFile().toPath())
        .toList();
  }
}
