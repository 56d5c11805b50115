import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A shop as Spring Boot makes them. */
@Configuration
@EnableAutoConfiguration
@EnableCaching
@EnableScheduling
public class App {
  @Entity(name = "Item")
  public static class Item {
    @Id @GeneratedValue public Long id;
    public String name;
  }

  @RestController
  public static class Items {
    private final EntityManager entities;

    public Items(EntityManager entities) {
      this.entities = entities;
    }

    @PostMapping("/items")
    @Transactional
    public Item add(@RequestBody Item item) {
      entities.persist(item);
      return item;
    }

    @GetMapping("/items")
    public Object all() {
      return entities.createQuery("from Item").setMaxResults(5).getResultList();
    }

    @GetMapping("/price")
    @Cacheable(cacheNames = "price", key = "#id + T(java.lang.String).valueOf(#id)")
    public String price(@RequestParam("id") int id) {
      return "price " + id;
    }

    @Scheduled(fixedRate = 1_000)
    public void tick() {}
  }

  @Bean
  public PersistenceManagedTypes entities() {
    return PersistenceManagedTypes.of(Item.class.getName());
  }

  public static void main(String[] args) {
    System.setProperty("server.port", System.getProperty("lab.port"));
    SpringApplication.run(App.class, args);
  }
}
