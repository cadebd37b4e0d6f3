package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import org.jspecify.annotations.Nullable;

/** Term and vote in a register of the durable log; each change is fsynced before it returns. */
final class DurableMetaStorage implements RaftMetaStorage {
    static final int REGISTER = 0;

    private final MemberFiles files;
    private @Nullable NodeImpl node;
    private volatile long term;
    private volatile PeerId votedFor = PeerId.emptyPeer();

    DurableMetaStorage(MemberFiles files) {
        this.files = files;
    }

    @Override
    public boolean init(RaftMetaStorageOptions options) {
        node = options.getNode();
        byte[] value = files.register(REGISTER);
        if (value == null) return true;
        Decoder decoder = new Decoder(value);
        term = decoder.varint();
        PeerId peer = new PeerId();
        if (!peer.parse(decoder.text())) return false;
        votedFor = peer;
        return true;
    }

    @Override
    public void shutdown() {
        // Everything is on disk already.
    }

    @Override
    public boolean setTerm(long newTerm) {
        return save(newTerm, votedFor);
    }

    @Override
    public boolean setVotedFor(PeerId peer) {
        return save(term, peer);
    }

    @Override
    public boolean setTermAndVotedFor(long newTerm, PeerId peer) {
        return save(newTerm, peer);
    }

    static byte[] encode(long term, PeerId votedFor) {
        return new Encoder().varint(term).text(String.valueOf(votedFor)).toArray();
    }

    private boolean save(long newTerm, PeerId peer) {
        byte[] value = encode(newTerm, peer);
        boolean saved = files.write("term and vote", log -> {
            log.setRegister(REGISTER, value);
            log.sync();
        });
        term = newTerm;
        votedFor = peer.copy();
        NodeImpl owner = node;
        if (!saved && owner != null)
            owner.onError(new RaftException(ErrorType.ERROR_TYPE_META, RaftError.EIO, "cannot save term and vote"));
        return saved;
    }

    @Override
    public long getTerm() {
        return term;
    }

    @Override
    public PeerId getVotedFor() {
        return votedFor;
    }
}
