package dev.attune.examples.orders;

import java.math.BigDecimal;
import java.util.OptionalInt;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The service's HTTP interface. */
@RestController
final class OrdersController {
    private final Checkout checkout;
    private final Packing packing;
    private final Delivery delivery;

    @Value("${greeting:Welcome}")
    private volatile String greeting = "";

    OrdersController(Checkout checkout, Packing packing, Delivery delivery) {
        this.checkout = checkout;
        this.packing = packing;
        this.delivery = delivery;
    }

    @PostMapping("/orders")
    String order(@RequestParam(name = "items") int items, @RequestParam(name = "price") BigDecimal price) {
        return checkout.price(items, price);
    }

    @PostMapping("/parcels")
    ResponseEntity<String> parcel() throws InterruptedException {
        return packing.pack()
                ? ResponseEntity.ok("packed")
                : ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body("too many wait");
    }

    @GetMapping("/delivery")
    ResponseEntity<String> delivery(@RequestParam(name = "postcode") int postcode) throws InterruptedException {
        OptionalInt cents = delivery.cents(postcode);
        return cents.isPresent()
                ? ResponseEntity.ok(cents.getAsInt() + " cents")
                : ResponseEntity.internalServerError().body("the carrier does not answer");
    }

    @GetMapping("/greeting")
    String greeting() {
        return greeting;
    }
}
