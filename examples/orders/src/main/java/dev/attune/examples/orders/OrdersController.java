package dev.attune.examples.orders;

import java.math.BigDecimal;
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

    @Value("${greeting:Welcome}")
    private volatile String greeting = "";

    OrdersController(Checkout checkout, Packing packing) {
        this.checkout = checkout;
        this.packing = packing;
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

    @GetMapping("/greeting")
    String greeting() {
        return greeting;
    }
}
