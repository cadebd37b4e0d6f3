package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;

/** Puts our transport in the place of the library's; found by the library through its service file. */
@SPI(name = "attune", priority = 100)
public final class PeerRpcFactory implements RaftRpcFactory {
    @Override
    public void registerProtobufSerializer(String className, Object... arguments) {
        // Messages are chosen by number from a fixed list, never by class name.
    }

    @Override
    public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
        return new PeerRpcClient();
    }

    @Override
    public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException("the peer transport serves Raft");
    }
}
