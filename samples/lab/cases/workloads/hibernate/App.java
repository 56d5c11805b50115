import java.util.List;
import javax.persistence.Entity;
import javax.persistence.FetchType;
import javax.persistence.GeneratedValue;
import javax.persistence.Id;
import javax.persistence.ManyToOne;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import whorl.lab.app.Web;

/** Keeps orders by Hibernate. */
public class App {
  @Entity(name = "Customer")
  public static class Customer {
    @Id @GeneratedValue public Long id;
    public String name = "A";
  }

  @Entity(name = "Purchase")
  public static class Purchase {
    @Id @GeneratedValue public Long id;

    @ManyToOne(fetch = FetchType.LAZY)
    public Customer customer;
  }

  public static void main(String[] args) throws Exception {
    SessionFactory factory =
        new Configuration()
            .setProperty("hibernate.connection.url", "jdbc:h2:mem:a;DB_CLOSE_DELAY=-1")
            .setProperty("hibernate.dialect", "org.hibernate.dialect.H2Dialect")
            .setProperty("hibernate.hbm2ddl.auto", "create")
            .addAnnotatedClass(Customer.class)
            .addAnnotatedClass(Purchase.class)
            .buildSessionFactory();
    Web.create().on("/work", request -> buy(factory)).start();
  }

  private static Object buy(SessionFactory factory) {
    try (Session session = factory.openSession()) {
      session.beginTransaction();
      Customer customer = new Customer();
      session.save(customer);
      Purchase purchase = new Purchase();
      purchase.customer = customer;
      session.save(purchase);
      session.getTransaction().commit();
      session.clear();
      List<Purchase> all =
          session.createQuery("from Purchase", Purchase.class).setMaxResults(5).list();
      return all.get(0).customer.name;
    }
  }
}
